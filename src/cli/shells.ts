/*
 * The completion scripts of bash and zsh. Both ask `mmapio complete -- WORD…` and take its answer: a candidate a line, a
 * description behind a tab, then `:0` where the shell is to complete a file name.
 *
 * The completion library has scripts of its own, but targets and registers have colons in their names: its bash script
 * offers `sim:timer` behind `sim:` again (and needs the bash-completion package), its zsh script takes what is behind the
 * colon for the description. fish, to which a colon is nothing special, uses the library's.
 */

/** Bash takes `:` and `=` for the ends of words: a candidate is given without what stands before them. */
export const BASH = `# bash completion of mmapio
__mmapio_complete() {
  local line=\${COMP_LINE:0:COMP_POINT} current typed='' candidate
  local -a words
  read -ra words <<< "$line"
  [[ $line == *[[:space:]] ]] && words+=('')
  current=\${words[\${#words[@]} - 1]}
  [[ $COMP_WORDBREAKS == *:* ]] && typed=\${current%"\${current##*[:=]}"}
  COMPREPLY=()
  while IFS=$'\\t' read -r candidate _; do
    case $candidate in
      :0) compopt -o default ;;
      :*) ;;
      "$current"*) COMPREPLY+=("\${candidate#"$typed"}") ;;
    esac
  done < <(mmapio complete -- "\${words[@]:1}" 2> /dev/null)
  if [[ \${#COMPREPLY[@]} -eq 1 && \${COMPREPLY[0]} == *: ]]; then compopt -o nospace; fi
}
complete -F __mmapio_complete mmapio
`;

/** Works sourced, and as a file _mmapio in the folders of fpath. */
export const ZSH = `#compdef mmapio
_mmapio() {
  local line
  local -a candidates shown prefixes
  for line in "\${(@f)$(mmapio complete -- "\${(@Q)words[2,CURRENT]}" 2> /dev/null)}"; do
    case $line in
      :0)
        compset -P '*:'
        _files
        return
        ;;
      :*) ;;
      *:$'\\t'*) prefixes+=("\${line%%$'\\t'*}") ;;
      ?*)
        candidates+=("\${line%%$'\\t'*}")
        shown+=("\${\${line%$'\\t'}/$'\\t'/  -- }")
        ;;
    esac
  done
  compadd -l -d shown -a -- candidates
  compadd -S '' -a -- prefixes
}
if [[ \${funcstack[1]} == _mmapio ]]; then _mmapio "$@"; else compdef _mmapio mmapio; fi
`;
