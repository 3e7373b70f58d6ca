import { markedPicture } from '../marked-picture.ts';
import type { Painter } from './painter.ts';
import type { PictureSize, Rect, TileGeometry } from './tile-geometry.ts';
import { dimmedLight, tilePainter, type PaintSurface } from './tile-painter.ts';

/**
 * What is drawn stays on the canvas until it is drawn over: a copy of the canvas a pass costs a GPU less than drawing all the tiles that
 * have no new picture.
 */
const contextAttributes: WebGLContextAttributes = {
  alpha: false,
  depth: false,
  stencil: false,
  antialias: false,
  preserveDrawingBuffer: true,
};

/** Paints with WebGL2, one texture a tile. For computers with a GPU: imitated in software it is slower than the 2D canvas. Null when there is no WebGL2. */
export function createWebglPainter(canvas: OffscreenCanvas): Painter | null {
  const gl = canvas.getContext('webgl2', contextAttributes);
  return gl && tilePainter(new WebglSurface(canvas, gl));
}

/** A corner of the rectangle, 0 to 1, becomes a corner of the viewport and of the part of the picture that is seen. */
const vertexShader = `#version 300 es
uniform vec4 source;
uniform float upsideDown;
out vec2 place;
void main() {
  vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);
  place = source.xy + corner * source.zw;
  gl_Position = vec4(corner.x * 2.0 - 1.0, (corner.y * 2.0 - 1.0) * upsideDown, 0.0, 1.0);
}`;

const fragmentShader = `#version 300 es
precision mediump float;
uniform sampler2D picture;
uniform float light;
in highp vec2 place;
out vec4 colour;
void main() {
  colour = vec4(texture(picture, place).rgb * light, 1.0);
}`;

interface Kept {
  readonly texture: WebGLTexture;
  size: PictureSize;
}

interface Program {
  readonly source: WebGLUniformLocation | null;
  readonly upsideDown: WebGLUniformLocation | null;
  readonly light: WebGLUniformLocation | null;
}

class WebglSurface implements PaintSurface<Kept> {
  readonly name = 'webgl2';
  readonly #canvas: OffscreenCanvas;
  readonly #gl: WebGL2RenderingContext;
  readonly #disposed = new AbortController();
  #program: Program;

  constructor(canvas: OffscreenCanvas, gl: WebGL2RenderingContext) {
    this.#canvas = canvas;
    this.#gl = gl;
    this.#program = useProgram(gl);
  }

  resize(width: number, height: number): void {
    this.#canvas.width = width;
    this.#canvas.height = height;
    this.#gl.clear(this.#gl.COLOR_BUFFER_BIT);
  }

  blacken(area: Rect): void {
    const gl = this.#gl;
    gl.enable(gl.SCISSOR_TEST);
    gl.scissor(area.x, this.#canvas.height - area.y - area.height, area.width, area.height);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.disable(gl.SCISSOR_TEST);
  }

  /** The upload turns the picture into RGB by its own matrix and range: that is the browser's part. */
  keep(picture: VideoFrame, before: Kept | null): Kept {
    const gl = this.#gl;
    const kept = before ?? { texture: newTexture(gl), size: sizeOf(picture) };
    gl.bindTexture(gl.TEXTURE_2D, kept.texture);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, picture);
    kept.size = sizeOf(picture);
    picture.close();
    return kept;
  }

  size(kept: Kept): PictureSize {
    return kept.size;
  }

  draw(kept: Kept, { source, destination }: TileGeometry, dimmed: boolean): void {
    const gl = this.#gl;
    const { width, height } = kept.size;
    gl.viewport(destination.x, this.#canvas.height - destination.y - destination.height, destination.width, destination.height);
    gl.bindTexture(gl.TEXTURE_2D, kept.texture);
    gl.uniform4f(this.#program.source, source.x / width, source.y / height, source.width / width, source.height / height);
    // The canvas counts rows from below, a picture from above.
    gl.uniform1f(this.#program.upsideDown, -1);
    gl.uniform1f(this.#program.light, dimmed ? dimmedLight : 1);
    gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
  }

  letGo(kept: Kept): void {
    this.#gl.deleteTexture(kept.texture);
  }

  sample(kept: Kept, width: number, height: number): Uint8ClampedArray | null {
    const gl = this.#gl;
    gl.bindTexture(gl.TEXTURE_2D, kept.texture);
    // Each smaller copy is the mean of the one before, so that every pixel counts. Only here: next to no tile is that much smaller.
    gl.generateMipmap(gl.TEXTURE_2D);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR_MIPMAP_LINEAR);
    const pixels = this.#read(kept, width, height);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR);
    return pixels;
  }

  snapshot(kept: Kept, mark: string): Promise<Blob | null> {
    const { displayWidth, displayHeight } = kept.size;
    const pixels = this.#read(kept, displayWidth, displayHeight);
    if (!pixels) return Promise.resolve(null);
    const image = new ImageData(pixels, displayWidth, displayHeight);
    return markedPicture(displayWidth, displayHeight, mark, (paint) => paint.putImageData(image, 0, 0));
  }

  onLoss(lost: () => void, back: () => void): void {
    const { signal } = this.#disposed;
    const onLost = (event: Event) => {
      // Without this the browser never gives it back.
      event.preventDefault();
      lost();
    };
    const onRestored = () => {
      this.#program = useProgram(this.#gl);
      back();
    };
    this.#canvas.addEventListener('webglcontextlost', onLost, { signal });
    this.#canvas.addEventListener('webglcontextrestored', onRestored, { signal });
  }

  /** Browsers have few contexts: it is given back now, not when the garbage is collected. */
  dispose(): void {
    this.#disposed.abort();
    this.#gl.getExtension('WEBGL_lose_context')?.loseContext();
  }

  /** The whole picture at another size, top row first; null when it could not be read. */
  #read({ texture }: Kept, width: number, height: number): Uint8ClampedArray<ArrayBuffer> | null {
    const gl = this.#gl;
    const target = gl.createRenderbuffer();
    const frame = gl.createFramebuffer();
    gl.bindRenderbuffer(gl.RENDERBUFFER, target);
    gl.renderbufferStorage(gl.RENDERBUFFER, gl.RGBA8, width, height);
    gl.bindFramebuffer(gl.FRAMEBUFFER, frame);
    gl.framebufferRenderbuffer(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.RENDERBUFFER, target);
    const complete = gl.checkFramebufferStatus(gl.FRAMEBUFFER) === gl.FRAMEBUFFER_COMPLETE;
    const pixels = complete ? new Uint8ClampedArray(width * height * 4) : null;
    if (pixels) {
      gl.viewport(0, 0, width, height);
      gl.bindTexture(gl.TEXTURE_2D, texture);
      gl.uniform4f(this.#program.source, 0, 0, 1, 1);
      gl.uniform1f(this.#program.upsideDown, 1);
      gl.uniform1f(this.#program.light, 1);
      gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
      gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
    }
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    gl.deleteFramebuffer(frame);
    gl.deleteRenderbuffer(target);
    return pixels;
  }
}

function sizeOf(picture: VideoFrame): PictureSize {
  const { displayWidth, displayHeight } = picture;
  return { width: displayWidth, height: displayHeight, displayWidth, displayHeight };
}

function newTexture(gl: WebGL2RenderingContext): WebGLTexture {
  const texture = gl.createTexture();
  gl.bindTexture(gl.TEXTURE_2D, texture);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.LINEAR);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
  return texture;
}

/** Compiles the one program and makes it the current one. On a lost context it makes nothing, without an error: it is made again then. */
function useProgram(gl: WebGL2RenderingContext): Program {
  const program = gl.createProgram();
  const shaders = [compile(gl, gl.VERTEX_SHADER, vertexShader), compile(gl, gl.FRAGMENT_SHADER, fragmentShader)];
  for (const shader of shaders) gl.attachShader(program, shader);
  gl.linkProgram(program);
  for (const shader of shaders) gl.deleteShader(shader);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost())
    throw new Error(`WebGL2 program: ${gl.getProgramInfoLog(program)}`);
  gl.useProgram(program);
  gl.clearColor(0, 0, 0, 1);
  return {
    source: gl.getUniformLocation(program, 'source'),
    upsideDown: gl.getUniformLocation(program, 'upsideDown'),
    light: gl.getUniformLocation(program, 'light'),
  };
}

function compile(gl: WebGL2RenderingContext, kind: GLenum, source: string): WebGLShader {
  const shader = gl.createShader(kind)!;
  gl.shaderSource(shader, source);
  gl.compileShader(shader);
  return shader;
}
