using System.Diagnostics.Metrics;
using System.Net;
using Morgan.Tests.Upstreams.Engine;
using Morgan.Upstreams.Attempts;
using Morgan.Upstreams.Configuration;

namespace Morgan.Tests.Upstreams.Telemetry;

public sealed class UpstreamMetricsTests : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly List<string> _measured = [];
    private readonly MeterListener _listener = new();
    private readonly TestEngine _engine = new(Options());

    public UpstreamMetricsTests()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter == _engine.Metrics.Meter)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Note(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, value, tags));
        _listener.Start();
    }

    public ValueTask DisposeAsync()
    {
        _listener.Dispose();
        return _engine.DisposeAsync();
    }

    [Fact]
    public async Task Attempts_Failover_EachAttemptWithItsCauseAndOutcome()
    {
        _engine["a"].Always(HttpStatusCode.ServiceUnavailable);

        await _engine.RoundTripAsync();

        Assert.Equal(
            [
                "morgan.attempts 1 error.type=503 morgan.attempt.cause=first morgan.attempt.outcome=failed morgan.host=a",
                "morgan.failovers 1 error.type=503 morgan.host=a",
                "morgan.attempts 1 morgan.attempt.cause=failover morgan.attempt.outcome=success morgan.host=b",
            ],
            _measured);
    }

    [Theory]
    [InlineData(FailureReason.Connect, "connect")]
    [InlineData(FailureReason.ConnectTimeout, "connect_timeout")]
    [InlineData(FailureReason.FirstByteTimeout, "first_byte_timeout")]
    [InlineData(FailureReason.ResponseTimeout, "response_timeout")]
    [InlineData(FailureReason.IdleTimeout, "idle_timeout")]
    [InlineData(FailureReason.TotalTimeout, "total_timeout")]
    [InlineData(FailureReason.BrokenBody, "broken_body")]
    [InlineData(FailureReason.ErrorInStream, "error_in_stream")]
    public async Task Attempts_EachReason_HasItsOwnErrorType(FailureReason reason, string type)
    {
        var exchange = new TestExchange { Accept = (_, _) => ValueTask.FromResult(AttemptOutcome.Failed(reason)) };

        await _engine.RoundTripAsync(_engine.Request(exchange, timeout: TimeSpan.FromMilliseconds(1)));

        Assert.Contains($"error.type={type} ", _measured[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Relay_BreaksOff_IsCountedToo()
    {
        await using var result = await _engine.SendAsync();

        result.Lease!.Complete(AttemptOutcome.Failed(FailureReason.IdleTimeout));

        Assert.Equal("morgan.relay.failures 1 error.type=idle_timeout morgan.host=a", _measured[^1]);
    }

    [Fact]
    public async Task Circuit_OpensAndCloses_EachTransition()
    {
        _engine["a"].Always(HttpStatusCode.InternalServerError);
        var tiers = _engine.Tiers();
        _engine.Host("b").Disable();
        for (var i = 0; i < 5; i++)
        {
            await _engine.RoundTripAsync(new UpstreamRequest
            {
                Tiers = tiers,
                Attempts = new TestExchange(),
                Deadline = Deadline.After(_engine.Time, TimeSpan.FromSeconds(1)),
                MayRetry = false,
            });
        }

        _engine.Host("a").ResetCircuit();

        Assert.Equal(
            [
                "morgan.circuit.transitions 1 morgan.circuit.from=closed morgan.circuit.to=open morgan.host=a",
                "morgan.circuit.transitions 1 morgan.circuit.from=open morgan.circuit.to=closed morgan.host=a",
            ],
            _measured.Where(line => line.StartsWith("morgan.circuit", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Wait_ForAPlace_IsMeasuredWithItsReason()
    {
        var options = Options();
        options.Hosts = [TestEngine.Named("a", maxConcurrency: 1)];
        _engine.Registry.Apply(options);
        await using var first = await _engine.SendAsync();
        var second = _engine.SendAsync();
        await TestEngine.SettleAsync();
        _engine.Fake.Advance(TimeSpan.FromSeconds(2));
        first.Lease!.Complete(AttemptOutcome.Success);

        await using var result = await second;

        Assert.Contains("morgan.limiter.wait 2 morgan.wait.reason=place", _measured);
    }

    [Fact]
    public async Task Hosts_Observed_StateAndInFlight()
    {
        await using var result = await _engine.SendAsync();
        _engine.State("a").Health.Succeeded();

        _listener.RecordObservableInstruments();

        Assert.Contains("morgan.host.in_flight 1 morgan.host=a", _measured);
        Assert.Contains("morgan.host.in_flight 0 morgan.host=b", _measured);
        Assert.Contains("morgan.host.state 1 morgan.circuit.state=closed morgan.host.state=healthy morgan.host=a", _measured);
        Assert.Contains("morgan.host.state 1 morgan.circuit.state=closed morgan.host.state=unknown morgan.host=b", _measured);
    }

    private static UpstreamOptions Options() => TestEngine.Options("a", "b");

    private void Note<T>(Instrument instrument, T value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var text = string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}").Order(StringComparer.Ordinal));
        lock (_gate)
        {
            _measured.Add($"{instrument.Name} {value} {text}");
        }
    }
}
