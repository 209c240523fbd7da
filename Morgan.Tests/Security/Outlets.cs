using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace Morgan.Tests.Security;

/// <summary>
/// Everything that comes out of a service but its answers' bodies to the callers: every log line of every category down
/// to Trace with what was logged along with it, and the logs, spans and metrics as they go to a collector.
/// </summary>
internal sealed class Outlets : ILoggerProvider, ISupportExternalScope, IAsyncDisposable
{
    private readonly ConcurrentQueue<(string Where, string Text)> _seen = new();
    private IExternalScopeProvider _scopes = new LoggerExternalScopeProvider();
    private RunningApp? _collector;

    /// <summary>What was seen.</summary>
    public IReadOnlyCollection<(string Where, string Text)> Seen => _seen;

    /// <summary>The settings that make a service tell all that it can tell.</summary>
    public string[] Settings =>
    [
        "--Logging:LogLevel:Default=Trace", "--Logging:LogLevel:Microsoft.AspNetCore=Trace", "--Logging:LogLevel:System.Net.Http.HttpClient=Trace",
        "--Logging:LogLevel:Microsoft.Extensions.Diagnostics.HealthChecks=Trace", "--Metrics:Prometheus=true",
        $"--OTEL_EXPORTER_OTLP_ENDPOINT={_collector!.Address}", "--OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf",
        "--OTEL_BSP_SCHEDULE_DELAY=200", "--OTEL_BLRP_SCHEDULE_DELAY=200", "--OTEL_METRIC_EXPORT_INTERVAL=500",
    ];

    /// <summary>Opens a collector that takes what services send.</summary>
    public static async Task<Outlets> OpenAsync()
    {
        var outlets = new Outlets();
        outlets._collector = await RunningApp.StartAsync((args, _) =>
        {
            var builder = WebApplication.CreateSlimBuilder(args);
            builder.Logging.ClearProviders();
            var web = builder.Build();
            web.MapFallback(async context =>
            {
                using var body = new MemoryStream();
                await context.Request.Body.CopyToAsync(body);
                outlets.Add($"OTLP {context.Request.Path}", Encoding.UTF8.GetString(body.ToArray()));
            });
            return web;
        });
        return outlets;
    }

    /// <summary>Notes something that came out.</summary>
    public void Add(string where, string text) => _seen.Enqueue((where, text));

    /// <summary>Notes an answer: its head and its body.</summary>
    public async Task<(HttpStatusCode Status, string Body)> AddAsync(string where, Task<HttpResponseMessage> answer)
    {
        using var response = await answer;
        string body;
        try
        {
            body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        }
        catch (HttpRequestException)
        {
            body = "";
        }

        Add($"the head of {where}", $"{response}");
        Add($"the answer to {where}", body);
        return (response.StatusCode, body);
    }

    /// <summary>Whether the collector has been told on this path: <c>/v1/traces</c>.</summary>
    public bool HasOtlp(string path) => _seen.Any(piece => piece.Where == $"OTLP {path}");

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new Listener(this, categoryName);

    /// <inheritdoc/>
    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _collector!.DisposeAsync();

    private sealed class Listener(Outlets outlets, string category) : ILogger
    {
        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var text = new StringBuilder(formatter(state, exception)).Append(' ').Append(exception);
            if (state is IEnumerable<KeyValuePair<string, object?>> pairs)
            {
                text.AppendJoin(' ', pairs);
            }

            outlets._scopes.ForEachScope((scope, into) => into.Append(' ').Append(scope), text);
            outlets.Add($"log {category}", text.ToString());
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => outlets._scopes.Push(state);
    }
}
