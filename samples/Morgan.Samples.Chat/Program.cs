// Asks the gateway the same question again and again and says which host answered: drain or stop one and watch.
//   dotnet run --project samples/Morgan.Samples.Chat [-- http://localhost:5080 morgan-sim 20]
using System.ClientModel;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

var times = int.Parse(args.ElementAtOrDefault(2) ?? "20", System.Globalization.CultureInfo.InvariantCulture);
var who = new HostName();

// What is not said here stands in ConnectionStrings:morgan, which an AppHost gives: docs/client.md.
var builder = Host.CreateApplicationBuilder();
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.AddMorganClient("morgan", settings =>
{
    settings.Endpoint = args.Length > 0 ? new Uri(args[0]) : settings.Endpoint ?? new Uri("http://localhost:5080");
    settings.ChatModel = args.ElementAtOrDefault(1) ?? settings.ChatModel ?? "morgan-sim";
    settings.Key ??= Environment.GetEnvironmentVariable("MORGAN_API_KEY");
}).HttpClient.AddHttpMessageHandler(() => who);
using var host = builder.Build();
var chat = host.Services.GetRequiredService<IChatClient>();

for (var i = 1; i <= times; i++)
{
    try
    {
        Console.Write($"{i,3}  ");
        await foreach (var update in chat.GetStreamingResponseAsync("Who are you, in one sentence?"))
        {
            Console.Write(update.Text);
        }

        Console.WriteLine($"\n     [{who.Host}, attempts: {who.Attempts}]");
    }
    catch (ClientResultException problem)
    {
        Console.WriteLine($"\n     [{problem.Status}: {problem.Message.ReplaceLineEndings(" ")}]");
    }
}

/// <summary>Remembers what the response headers say of the way that the last request went.</summary>
internal sealed class HostName : DelegatingHandler
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
