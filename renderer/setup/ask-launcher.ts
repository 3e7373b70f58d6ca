import type { FolderVerdict, PasswordVerdict, SetupOutcome, SetupPlan, SetupState } from '../../main/launch/setup/contract.ts';

/** What each question to the launcher is answered with. */
interface Answers {
  readonly folder: FolderVerdict;
  readonly password: PasswordVerdict;
  readonly begin: SetupOutcome;
}

interface Asks {
  readonly folder: { readonly path: string };
  readonly password: { readonly password: string };
  readonly begin: SetupPlan;
}

/** Asks the launcher that serves this page. Null: it does not answer any more, or not us. */
export async function askLauncher<Name extends keyof Answers>(name: Name, ask: Asks[Name]): Promise<Answers[Name] | null> {
  return answerOf(
    fetch(`/api/setup/${name}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(ask) }),
  );
}

/** How far the setup is; null as above. */
export async function readSetupState(): Promise<SetupState | null> {
  return answerOf(fetch('/api/setup/state'));
}

async function answerOf<T>(asked: Promise<Response>): Promise<T | null> {
  try {
    const answer = await asked;
    return answer.ok ? ((await answer.json()) as T) : null;
  } catch {
    return null;
  }
}
