using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Morgan.Tests.Upstreams.Engine;

namespace Morgan.Tests.Upstreams.Telemetry;

public sealed class UpstreamActivitiesTests
{
    [Fact]
    public async Task Attempts_Failover_ASpanEachWithHostAttemptAndReason()
    {
        var spans = new ConcurrentQueue<Activity>();
        using var root = new Activity("request").Start();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Morgan.Upstreams",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = span =>
            {
                if (span.TraceId == root.TraceId)
                {
                    spans.Enqueue(span);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        await using var engine = new TestEngine(TestEngine.Options("a", "b"));
        engine["a"].Always(HttpStatusCode.ServiceUnavailable);
        Activity? current = null;
        engine["b"].Answer = (_, _) =>
        {
            current = Activity.Current;
            return Task.FromResult(ScriptedHost.Respond(HttpStatusCode.OK));
        };

        await engine.RoundTripAsync();

        Assert.Same(root, Activity.Current);
        var (first, second) = (spans.First(), spans.Last());
        Assert.Equal(("attempt a", "attempt b"), (first.DisplayName, second.DisplayName));
        Assert.Same(second, current);
        Assert.Equal(root.SpanId, first.ParentSpanId);
        Assert.Equal(ActivityStatusCode.Error, first.Status);
        Assert.Equal(
            (1, "first", "failed", "503", 503, "round-robin", "closed"),
            ((int)Tag(first, "morgan.attempt"), (string)Tag(first, "morgan.attempt.cause"), (string)Tag(first, "morgan.attempt.outcome"),
                (string)Tag(first, "error.type"), (int)Tag(first, "http.response.status_code"), (string)Tag(first, "morgan.strategy"),
                (string)Tag(first, "morgan.circuit.state")));
        Assert.Equal(("failover", "success"), ((string)Tag(second, "morgan.attempt.cause"), (string)Tag(second, "morgan.attempt.outcome")));
        Assert.Equal(200, (int)Tag(second, "http.response.status_code"));
        Assert.Equal(ActivityKind.Client, second.Kind);
        Assert.Equal(("POST", "http://b/v1/chat/completions"), ((string)Tag(second, "http.request.method"), (string)Tag(second, "url.full")));
        Assert.Equal(("b", 80), ((string)Tag(second, "server.address"), (int)Tag(second, "server.port")));
    }

    private static object Tag(Activity span, string name) => span.GetTagItem(name) ?? throw new InvalidOperationException($"no {name}");
}
