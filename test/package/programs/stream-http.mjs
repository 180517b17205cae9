import { createServer } from 'node:http';
import { Stream } from 'zeromq';

const server = createServer((request, response) => {
  response.setHeader('Date', 'today');
  response.end(`you asked for ${request.url}`);
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const stream = new Stream();
stream.connect(`tcp://127.0.0.1:${server.address().port}`, { routingId: 'web' });
const [id, connected] = await stream.receive();
console.log(String(id), connected.length);
await stream.send([id, 'GET /page HTTP/1.0\r\n\r\n']);
let text = '';
for await (const [, data] of stream) {
  if (data.length === 0) break;
  text += data;
}
console.log(text.split('\r\n'));
stream.close();
server.close();
