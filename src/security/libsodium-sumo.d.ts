// The raw package has no types of its own. What of its exports we call is in sodium.ts (RawSodium).

declare module 'libsodium-sumo' {
  const instantiate: (options: { readonly getRandomValue: () => number }) => Promise<unknown>;
  export default instantiate;
}
