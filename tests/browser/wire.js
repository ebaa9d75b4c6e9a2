// A wire between the page and the control API that can be cut.

import { connect, createServer } from "node:net";

export class Wire {
  /** A wire to `target`, a URL; `url` is its near end. */
  static async to(target) {
    const wire = new Wire();
    const { hostname, port } = new URL(target);
    wire.sockets = new Set();
    wire.server = createServer((near) => {
      const far = connect(Number(port), hostname);
      for (const [one, other] of [[near, far], [far, near]]) {
        wire.sockets.add(one);
        one.pipe(other);
        one.on("error", () => other.destroy());
        one.on("close", () => wire.sockets.delete(one));
      }
    });
    await new Promise((done) => wire.server.listen(0, "127.0.0.1", done));
    wire.port = wire.server.address().port;
    wire.url = `http://127.0.0.1:${wire.port}`;
    return wire;
  }

  /** Breaks every connection, and takes no other until it is mended. */
  async cut() {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((done) => this.server.close(done));
  }

  mend() {
    return new Promise((done) => this.server.listen(this.port, "127.0.0.1", done));
  }
}
