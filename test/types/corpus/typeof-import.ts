export async function load(): Promise<InstanceType<typeof import('zeromq').Reply>> {
  const zmq: typeof import('zeromq') = await import('zeromq');
  return new zmq.Reply();
}
