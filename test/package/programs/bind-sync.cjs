const { Pull, Push } = require('zeromq');

const [pull, second] = [new Pull(), new Pull()];
pull.bindSync('tcp://127.0.0.1:*');
const endpoint = pull.lastEndpoint;
console.log(/^tcp:\/\/127\.0\.0\.1:\d+$/.test(endpoint));
try {
  second.bindSync(endpoint);
} catch (error) {
  console.log(error.code, error.message, error.address === endpoint);
}
const push = new Push();
push.connect(endpoint);
push.send('hello').then(async () => {
  console.log(String(await pull.receive()));
  push.disconnect(endpoint);
  try {
    push.disconnect(endpoint);
  } catch (error) {
    console.log(error.code, error.message, error.address === endpoint);
  }
});
