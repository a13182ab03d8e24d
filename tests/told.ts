/** What was told so far, and a wait for it to become enough. */
export class Told<T> {
  readonly all: T[] = [];
  #waiting: { readonly isEnough: (all: readonly T[]) => boolean; readonly resolve: () => void }[] = [];

  readonly add = (one: T): void => {
    this.all.push(one);
    const [done, waiting] = [this.#waiting.filter((each) => each.isEnough(this.all)), this.#waiting];
    this.#waiting = waiting.filter((each) => !done.includes(each));
    for (const { resolve } of done) resolve();
  };

  until(isEnough: (all: readonly T[]) => boolean): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (isEnough(this.all)) resolve();
    else this.#waiting.push({ isEnough, resolve });
    return promise;
  }

  reaches(length: number): Promise<void> {
    return this.until((all) => all.length >= length);
  }
}
