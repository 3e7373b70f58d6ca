import { onBeforeUnmount, onMounted, shallowRef, type ShallowRef } from 'vue';

/** Whether an element of this component is in sight. Until the browser has said so it counts as seen. */
export function useInSight(element: Readonly<ShallowRef<HTMLElement | null>>): Readonly<ShallowRef<boolean>> {
  const isInSight = shallowRef(true);
  let observer: IntersectionObserver | undefined;
  onMounted(() => {
    observer = new IntersectionObserver((entries) => {
      const last = entries.at(-1);
      if (last) isInSight.value = last.isIntersecting;
    });
    if (element.value) observer.observe(element.value);
  });
  onBeforeUnmount(() => observer?.disconnect());
  return isInSight;
}
