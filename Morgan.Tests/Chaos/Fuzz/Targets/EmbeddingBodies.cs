using Microsoft.AspNetCore.Http;
using Morgan.EmbeddingService.Requests;

namespace Morgan.Tests.Chaos.Fuzz.Targets;

/// <summary>Bodies of requests to the embedding service, in each of its dialects.</summary>
internal sealed class EmbeddingBodies() : FuzzTarget("embedding-bodies")
{
    public static readonly string[] Names =
        ["input", "inputs", "model", "encoding_format", "dimensions", "user", "prompt_name", "prompt", "truncate", "normalize", "options", "keep_alive", "a", "b", "metric", "top_k", "source_sentence", "sentences", "parameters", "add_special_tokens"];

    public override int QuickInputs => 8_000;

    public override byte[] Make(Random random) => Noise.Json(random, Names);

    public override async ValueTask CheckAsync(byte[] input, Random random)
    {
        try
        {
            switch (random.Next(5))
            {
                case 0:
                    var context = new DefaultHttpContext { Request = { Body = new MemoryStream(input), ContentLength = random.Next(2) == 0 ? input.Length : null } };
                    using (var request = new EmbeddingRequest(await RequestBody.ReadAsync(context)))
                    {
                        OpenAiReader.Read(request);
                        Decode(input, request.Inputs);
                    }

                    break;
                case 1:
                    using (var request = TeiReader.Read(input, mayBeIds: random.Next(2) == 0))
                    {
                        Decode(input, request.Inputs);
                    }

                    break;
                case 2:
                    using (var request = TeiReader.ReadPair(input))
                    {
                        Decode(input, request.Inputs);
                    }

                    break;
                case 3:
                    using (var request = OllamaReader.Read(input, random.Next(2) == 0 ? "input" : "prompt"))
                    {
                        Decode(input, request.Inputs);
                    }

                    break;
                default:
                    using (var request = new SimilarityRequest())
                    {
                        SimilarityReader.Read(input, request);
                        Decode(input, request.Inputs);
                    }

                    break;
            }
        }
        catch (Rejection rejection)
        {
            Assert.InRange(rejection.Error.Status, 400, 499);
            Assert.NotEmpty(rejection.Error.Message);
        }
    }

    private static void Decode(byte[] body, InputList inputs)
    {
        for (var i = 0; i < inputs.Count; i++)
        {
            Assert.NotEmpty(inputs.NameOf(i));
            if (inputs[i].IsIds)
            {
                Assert.False(inputs.IdsOf(inputs[i]).IsEmpty);
            }
            else
            {
                var text = new char[inputs[i].Length];
                Assert.InRange(TextDecoder.Decode(body.AsSpan(inputs[i].Start, inputs[i].Length), inputs[i].IsEscaped, text), -1, text.Length);
            }
        }
    }
}
