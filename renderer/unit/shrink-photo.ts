/** The most bytes of a photo: in base64 it is what `task.report` takes. */
export const photoBytesAtMost = 1_000_000;
/** The longer side of a photo, in pixels: what is seen of a scene at a desk. */
export const photoSideAtMost = 1600;
/** Steps down, first in quality, then in size. */
const qualities = [0.82, 0.7, 0.55, 0.4];
const smaller = 0.7;
const attempts = 4;

/** How large a picture becomes: never larger than it is, the longer side at most `side`. */
export function fittedSize(width: number, height: number, side: number): { readonly width: number; readonly height: number } {
  const scale = Math.min(1, side / Math.max(width, height, 1));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/**
 * A photo as it may be sent: JPEG in base64, upright, at most a megabyte. It is painted anew, so what the camera wrote beside the picture (EXIF: place, device,
 * owner) stays on the phone. Null for a file that is no picture, or cannot be made small enough.
 */
export async function shrinkPhoto(file: Blob): Promise<{ readonly base64: string; readonly bytes: number } | null> {
  let picture: ImageBitmap;
  try {
    picture = await createImageBitmap(file, { imageOrientation: 'from-image' });
  } catch {
    return null;
  }
  try {
    let side = photoSideAtMost;
    for (let attempt = 0; attempt < attempts; attempt += 1, side *= smaller) {
      const { width, height } = fittedSize(picture.width, picture.height, side);
      const canvas = document.createElement('canvas');
      canvas.width = width;
      canvas.height = height;
      const context = canvas.getContext('2d');
      if (context === null) return null;
      // A picture that lets something through would be black there in JPEG.
      context.fillStyle = '#fff';
      context.fillRect(0, 0, width, height);
      context.drawImage(picture, 0, 0, width, height);
      for (const quality of qualities) {
        const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', quality));
        if (blob?.type !== 'image/jpeg') return null;
        if (blob.size <= photoBytesAtMost) return { base64: await base64Of(blob), bytes: blob.size };
      }
    }
    return null;
  } finally {
    picture.close();
  }
}

function base64Of(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/, ''));
    reader.onerror = () => reject(reader.error ?? new Error('the photo cannot be read'));
    reader.readAsDataURL(blob);
  });
}
