import { X509Certificate } from 'node:crypto';
import { open } from 'node:fs/promises';
import { problem, ProblemError } from '../../../main/contract/errors.ts';

const maxFileBytes = 1024 * 1024;
const certificate = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/**
 * The certificates in PEM files, each on its own: what `relay.certificates` names. Throws `config-invalid` {file, key, message} for a file
 * that cannot be read, or holds none.
 */
export async function readCertificates(files: readonly string[]): Promise<string[]> {
  const all: string[] = [];
  for (const file of files) {
    const found = (await readText(file)).match(certificate) ?? [];
    if (found.length === 0 || !found.every(isCertificate)) throw refusal(file, 'holds no certificate in PEM');
    all.push(...found);
  }
  return all;
}

async function readText(file: string): Promise<string> {
  try {
    await using handle = await open(file, 'r');
    const { size } = await handle.stat();
    if (size > maxFileBytes) throw refusal(file, `is larger than ${maxFileBytes} bytes`);
    return await handle.readFile('latin1');
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    throw refusal(file, `cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`);
  }
}

function refusal(file: string, message: string): ProblemError {
  return new ProblemError(
    problem('config-invalid', { file, key: 'relay.certificates', message, line: null }, `relay.certificates: ${file} ${message}`),
  );
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}
