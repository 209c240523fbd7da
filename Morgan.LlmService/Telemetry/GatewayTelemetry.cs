using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Morgan.LlmService.Telemetry;

/// <summary>Spans and metrics of the gateway, named as OpenTelemetry's GenAI conventions 1.41 have it.</summary>
internal sealed class GatewayTelemetry : IDisposable
{
    /// <summary>The name of meter and activity source.</summary>
    public const string Name = "Morgan.LlmService";

    private static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92],
    };

    private static readonly InstrumentAdvice<double> FirstTokenSeconds = new()
    {
        HistogramBucketBoundaries = [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
    };

    private static readonly InstrumentAdvice<double> PerTokenSeconds = new()
    {
        HistogramBucketBoundaries = [0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5],
    };

    private static readonly InstrumentAdvice<long> Tokens = new()
    {
        HistogramBucketBoundaries = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864],
    };

    private readonly Meter _meter;

    public GatewayTelemetry(IMeterFactory meters, IConfiguration configuration)
    {
        CapturesContent = bool.TryParse(configuration[ContentCapture.Switch], out var captures) && captures;
        _meter = meters.Create(Name);
        OperationDuration = _meter.CreateHistogram("gen_ai.client.operation.duration", "s", "From request to the end of the answer.", null, Seconds);
        TokenUsage = _meter.CreateHistogram("gen_ai.client.token.usage", "{token}", "Tokens of prompt and answer.", null, Tokens);
        RequestDuration = _meter.CreateHistogram("gen_ai.server.request.duration", "s", "As the caller sees it.", null, Seconds);
        TimeToFirstToken = _meter.CreateHistogram("gen_ai.server.time_to_first_token", "s", "Of streams: until the first data event.", null, FirstTokenSeconds);
        TimePerOutputToken = _meter.CreateHistogram("gen_ai.server.time_per_output_token", "s", "Of streams: after the first token.", null, PerTokenSeconds);
        Overhead = _meter.CreateHistogram("morgan.overhead", "s", "Time in the gateway, not in a host.", null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.1, 1] });
    }

    /// <summary>Whether prompts and answers are put on spans [false].</summary>
    public bool CapturesContent { get; }

    public ActivitySource Source { get; } = new(Name);

    public Histogram<double> OperationDuration { get; }

    public Histogram<long> TokenUsage { get; }

    public Histogram<double> RequestDuration { get; }

    public Histogram<double> TimeToFirstToken { get; }

    public Histogram<double> TimePerOutputToken { get; }

    public Histogram<double> Overhead { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Source.Dispose();
        _meter.Dispose();
    }
}
