import { text } from '../../i18n/index.ts';
import type { WallView } from '../wall-view.ts';

/** What a wall and one of its screens are called; what is not there any more keeps its id. */
export function screenNames(
  walls: readonly WallView[],
  wallId: string,
  screenId: string,
): { readonly wall: string; readonly screen: string } {
  const view = walls.find(({ wall }) => wall.id === wallId);
  return {
    wall: view?.wall.name ?? wallId,
    screen: view?.screens.find(({ screen }) => screen.id === screenId)?.screen.name ?? screenId,
  };
}

/** Who is meant: a person by his name, a display by its screen. */
export function holderWords(
  walls: readonly WallView[],
  holder: { readonly name: string; readonly screen: { readonly wallId: string; readonly screenId: string } | null },
): string {
  const { name, screen } = holder;
  return screen ? text('admin.sessions.screen', screenNames(walls, screen.wallId, screen.screenId)) : name;
}
