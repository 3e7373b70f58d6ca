import type { SameShape } from '../shape.ts';
import type zh from './login.zh-CN.ts';

const messages: SameShape<typeof zh> = {
  title: 'Log in',
  line: 'One city, in plain sight',
  user: 'User name',
  password: 'Password',
  enter: 'Log in',
  entering: 'Logging in…',
  capsLock: 'Caps Lock is on',
  show: 'Show password',
  hide: 'Hide password',
  waitFor: 'Please wait {wait}',
  first: {
    title: 'Choose your password',
    why: 'The first password is for one use. Choose your own for the account {user}.',
    next: 'New password',
    again: 'New password, again',
    save: 'Save and continue',
    saving: 'Saving…',
    differ: 'The two new passwords differ.',
    back: 'Back to login',
  },
  rule: {
    length: 'At least 10 characters',
    classes: 'Three of: lower case, upper case, digits, other signs',
    name: 'Does not contain the user name',
    met: 'met',
    unmet: 'not met yet',
  },
  notice: 'For authorised staff only. What is done here is recorded.',
};

export default messages;
