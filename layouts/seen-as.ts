import { rolePermissions, type Permission, type Role } from '../main/contract/permissions.ts';
import { covers, type Scope, type ScopeClaim } from '../main/contract/scope.ts';
import { camerasOf, sceneClaims, type Scene, type StillScene } from './contract.ts';
import { tileIdOf } from './templates.ts';

/** Somebody whose eyes a scene is looked at with. */
export interface Beholder {
  readonly roles: readonly Role[];
  readonly scope: Scope;
}

/** A tile whose picture he does not get. `step`: of a tour, from 1; null outside tours. */
export interface HiddenTile {
  readonly step: number | null;
  readonly tileId: string;
}

/** What somebody would have of a layout. */
export interface SeenAs {
  /** Whether it is in his list at all: a layout is seen whole or not. */
  readonly listed: boolean;
  /** Why it is not, or why he sees no pictures of it on a wall: his roles do not let him, or it reaches beyond where he may look. */
  readonly why: 'permission' | 'scope' | null;
  /** Where a wall shows it, he gets no picture of these. */
  readonly hidden: readonly HiddenTile[];
  readonly mayShow: boolean;
  readonly mayEdit: boolean;
}

/** Looks at a layout with somebody else's eyes. `cameraClaim`: where a camera is and whom it belongs to; undefined for one that is gone. */
export function seenAs(scene: Scene, { roles, scope }: Beholder, cameraClaim: (cameraId: string) => ScopeClaim | undefined): SeenAs {
  const permissions = new Set<Permission>(roles.flatMap((role) => rolePermissions[role]));
  const covered = covers(
    scope,
    camerasOf(scene).map((id) => cameraClaim(id) ?? 'none'),
  );
  const mayTouch = covers(scope, sceneClaims(scene, { camera: cameraClaim }));
  const mayList = permissions.has('wall.view');
  const seesPictures = permissions.has('stream.view');
  const seesCamera = (id: string) => seesPictures && covers(scope, [cameraClaim(id) ?? 'none']);
  return {
    listed: mayList && covered,
    why: !mayList || !seesPictures ? 'permission' : covered ? null : 'scope',
    hidden:
      scene.kind === 'tour'
        ? scene.steps.flatMap((step, index) => hiddenIn(step.scene, index + 1, seesCamera))
        : hiddenIn(scene, null, seesCamera),
    mayShow: permissions.has('wall.control') && mayTouch,
    mayEdit: permissions.has('layout.edit') && mayTouch,
  };
}

function hiddenIn(scene: StillScene, step: number | null, seesCamera: (id: string) => boolean): HiddenTile[] {
  const panels = scene.kind === 'free' ? scene.tiles.map(({ panel }) => panel) : scene.tiles;
  return panels.flatMap((panel, index) =>
    panel?.panel === 'video' && !seesCamera(panel.cameraId) ? [{ step, tileId: tileIdOf(scene, index) }] : [],
  );
}
