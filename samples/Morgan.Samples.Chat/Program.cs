// Asks the gateway the same question again and again and says which host answered: drain or stop one and watch.
//   dotnet run --project samples/Morgan.Samples.Chat [-- http://localhost:5080 morgan-sim 20]
using System.ClientModel;
using System.ClientModel.Primitives;
using OpenAI;
using OpenAI.Chat;

var address = args.ElementAtOrDefault(0) ?? "http://localhost:5080";
var model = args.ElementAtOrDefault(1) ?? "morgan-sim";
var times = int.Parse(args.ElementAtOrDefault(2) ?? "20", System.Globalization.CultureInfo.InvariantCulture);

using var who = new HostName();
using var http = new HttpClient(who);
var client = new ChatClient(
    model,
    new ApiKeyCredential(Environment.GetEnvironmentVariable("MORGAN_API_KEY") ?? "not needed in Development"),
    new OpenAIClientOptions { Endpoint = new Uri(new Uri(address), "/v1"), Transport = new HttpClientPipelineTransport(http) });

for (var i = 1; i <= times; i++)
{
    try
    {
        Console.Write($"{i,3}  ");
        await foreach (var update in client.CompleteChatStreamingAsync("Who are you, in one sentence?"))
        {
            Console.Write(string.Concat(update.ContentUpdate.Select(part => part.Text)));
        }

        Console.WriteLine($"\n     [{who.Host}, attempts: {who.Attempts}]");
    }
    catch (ClientResultException problem)
    {
        Console.WriteLine($"\n     [{problem.Status}: {problem.Message.ReplaceLineEndings(" ")}]");
    }
}

/// <summary>Remembers what the response headers say of the way that the last request went.</summary>
internal sealed class HostName() : DelegatingHandler(new SocketsHttpHandler())
{
    public string Host { get; private set; } = "?";

    public string Attempts { get; private set; } = "?";

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        (Host, Attempts) = (Of("x-morgan-host"), Of("x-morgan-attempts"));
        return response;

        string Of(string header) => response.Headers.TryGetValues(header, out var values) ? values.First() : "?";
    }
}
