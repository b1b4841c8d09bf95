/* What to do where a file or device may not be opened. */

/** A rule for udev that gives the devices of a subsystem to a group. */
export function udevRule(subsystem: string, group: string): string {
  return `SUBSYSTEM=="${subsystem}", GROUP="${group}", MODE="0660"`;
}

/** For the node of a device. `rule`: of the subsystem, where that is known. */
export function nodeRemedy(rule?: string): string {
  const example = rule === undefined ? '' : ` such as ${rule}`;
  return `The device node belongs to another user: run as root, or give your group access with a udev rule${example}`;
}

/** For a plain file, which is opened for reading, or for writing too. */
export function fileRemedy(access: 'read' | 'read-write'): string {
  return access === 'read'
    ? 'This user may not read the file: change its mode or its owner'
    : "This user may not write the file: map it with access: 'read', or change its mode or its owner";
}
