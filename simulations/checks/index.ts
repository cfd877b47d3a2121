export interface Violation {
  readonly invariant: string;
  readonly atUs: number;
  readonly device: number;
  readonly message: string;
}
export class Checks {
  constructor(_o: any) {}
  acknowledged() {}
  applied() {}
  stepped() {}
  synced() {}
  opened() {}
  excuse() {}
  quiet(_b: boolean) {}
  async finished() {}
}
