/** Something the board needs is missing or went wrong; the message says what it is and what to do about it. */
export class BoardError extends Error {
  override readonly name = 'BoardError';

  constructor(problem: string, whatToDo?: string) {
    super(whatToDo === undefined ? problem : `${problem}\n${whatToDo}`);
  }
}
