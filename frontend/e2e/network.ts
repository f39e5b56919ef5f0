// The network between browsers and a server, for tests to cut and restore.
import { createServer, connect, type Server, type Socket } from 'node:net';

export class Network {
  url = '';
  private readonly server: Server;
  private readonly open = new Set<Socket>();
  private up = true;

  private constructor(private readonly to: URL) {
    this.server = createServer((near) => {
      if (!this.up) return near.destroy();
      const far = connect(Number(this.to.port), this.to.hostname);
      for (const socket of [near, far]) {
        this.open.add(socket);
        socket.setNoDelay(true);
        // A cut is an error on both sides, which is the point of it.
        socket.on('error', () => undefined);
        socket.on('close', () => {
          this.open.delete(socket);
          near.destroy();
          far.destroy();
        });
      }
      near.pipe(far);
      far.pipe(near);
    });
  }

  static async to(url: string): Promise<Network> {
    const network = new Network(new URL(url));
    await new Promise<void>((resume) => network.server.listen(0, '127.0.0.1', resume));
    const address = network.server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    network.url = `http://127.0.0.1:${String(address.port)}`;
    return network;
  }

  /** Every connection breaks in the middle of whatever it carries, and none is made. */
  cut(): void {
    this.up = false;
    for (const socket of this.open) socket.destroy();
  }

  restore(): void {
    this.up = true;
  }

  close(): void {
    this.cut();
    this.server.close();
  }
}
