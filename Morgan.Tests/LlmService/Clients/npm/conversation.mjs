// Holds the test's conversation with the API at the address given, and prints what was answered, a line an answer:
// the bytes as they came, and what the client made of them.
import OpenAI from 'openai';

const answers = [];

const client = new OpenAI({
  baseURL: process.argv[2],
  apiKey: 'unused',
  maxRetries: 0,
  fetch: async (url, init) => {
    const response = await fetch(url, init);
    const [mine, its] = response.body.tee();
    answers.push(new Response(mine).text());
    return new Response(its, response);
  },
});

const tools = [{
  type: 'function',
  function: { name: 'weather', description: 'Größe', parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } },
}];
const messages = [
  { role: 'system', content: 'Answer briefly. 😀' },
  { role: 'user', content: [
    { type: 'text', text: 'What is in the picture, and how is the weather there?' },
    { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgoAAAANSUhEUg==', detail: 'low' } },
  ] },
];

const whole = await client.chat.completions.create({ model: 'm', messages, tools, tool_choice: 'auto', seed: 9007199254740991 });
console.log(JSON.stringify([await answers[0], whole]));

// Before the stream with usage: a host that has once reported it is asked for it by Morgan, which takes it out again.
const stream = client.chat.completions.stream({ model: 'm', messages, tools });
const answer = await stream.finalChatCompletion();
console.log(JSON.stringify([await answers[1], answer]));

const chunks = [];
for await (const chunk of await client.chat.completions.create({ model: 'm', messages, tools, stream: true, stream_options: { include_usage: true } })) {
  chunks.push(chunk);
}

console.log(JSON.stringify([await answers[2], chunks]));
