/** The image that is proposed for the next rollout: the same, with the last number of its tag one higher. */
export function nextImage(image: string): string {
  const [, before = image, tag = ""] = /^(.*?)(?::([^:/]+))?$/.exec(image) ?? [];
  if (tag === "") return `${before}:2`;
  const counted = tag.replace(/(\d+)(?=\D*$)/, (digits) => `${Number(digits) + 1}`);
  return `${before}:${counted === tag ? `${tag}-2` : counted}`;
}
