import { problem, ProblemError } from '../../../main/contract/errors.ts';

/** The body of an answer, at most so many bytes: more is refused while it comes (`record-too-large`), whatever the header said. */
export async function readAnswer(answer: Response, bytesAtMost: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  if (answer.body)
    for await (const piece of answer.body as AsyncIterable<Uint8Array>) {
      bytes += piece.length;
      if (bytes > bytesAtMost) {
        await answer.body.cancel().catch(() => {});
        throw new ProblemError(problem('record-too-large', { bytes }));
      }
      pieces.push(piece);
    }
  return Buffer.concat(pieces);
}
