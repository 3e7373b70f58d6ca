/** Class of what is printed in place of the page; `handover-print.css` says how it looks. */
const sheetClass = 'print-sheet';

/**
 * While it is in force, printing the page prints a copy of this element alone: a dialog scrolls and is cut off at the edge of the first sheet, a
 * plain element at the end of the page goes on for as many as it takes. Returns the end.
 */
export function printSheet(element: () => HTMLElement | null): () => void {
  let sheet: HTMLElement | null = null;
  const put = () => {
    const printed = element();
    if (!printed) return;
    sheet?.remove();
    sheet = document.createElement('div');
    sheet.className = sheetClass;
    sheet.append(printed.cloneNode(true));
    document.body.append(sheet);
  };
  const take = () => {
    sheet?.remove();
    sheet = null;
  };
  addEventListener('beforeprint', put);
  addEventListener('afterprint', take);
  return () => {
    removeEventListener('beforeprint', put);
    removeEventListener('afterprint', take);
    take();
  };
}
