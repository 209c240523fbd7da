using System.Diagnostics;
using Morgan.LlmService.Metering;
using Morgan.Upstreams.Configuration;

namespace Morgan.LlmService.Telemetry;

/// <summary>
/// What is told of one request when it is over: its span, of which the attempts' spans are children, and the metrics.
/// Prompt and answer are in it only where the conventions' switch says so.
/// </summary>
internal sealed class ExchangeRecord : IDisposable
{
    // Boxed once instead of with every measurement.
    private static readonly object True = true;
    private static readonly object False = false;

    private readonly GatewayTelemetry _telemetry;
    private readonly TimeProvider _time;
    private readonly Operation _operation;
    private readonly string _model;
    private readonly long _started;
    private readonly Activity? _span;

    public ExchangeRecord(GatewayTelemetry telemetry, TimeProvider time, Operation operation, string model, bool stream)
    {
        (_telemetry, _time, _operation, _model) = (telemetry, time, operation, model);
        _started = time.GetTimestamp();
        if (telemetry.Source.HasListeners())
        {
            _span = telemetry.Source.StartActivity(operation.TelemetryName, ActivityKind.Client);
            if (_span is { IsAllDataRequested: true })
            {
                _span.DisplayName = $"{operation.TelemetryName} {model}";
                _span.SetTag("gen_ai.operation.name", operation.TelemetryName);
                _span.SetTag("gen_ai.request.model", model);
                _span.SetTag("gen_ai.request.stream", stream);
                Content = telemetry.CapturesContent ? new ContentCapture() : null;
            }
        }
    }

    /// <summary>Keeps prompt and answer for the span; null: it does not.</summary>
    public ContentCapture? Content { get; }

    /// <summary>The prompt for the span, where content is kept.</summary>
    public void CapturePrompt(ReadOnlySpan<byte> prompt)
    {
        if (Content is not null)
        {
            _span?.SetTag("gen_ai.input.messages", ContentCapture.Input(prompt));
        }
    }

    /// <summary>Who answered.</summary>
    public Host? Host { get; set; }

    /// <summary>How many attempts it took.</summary>
    public int Attempts { get; set; }

    /// <summary>The model as the host calls it.</summary>
    public string? ResponseModel { get; set; }

    /// <summary>The host's id of the answer.</summary>
    public string? ResponseId { get; set; }

    /// <summary>Why the answer ended.</summary>
    public string? FinishReason { get; set; }

    /// <summary>What the request has cost; null: nothing was generated.</summary>
    public TokenUsage? Usage { get; set; }

    /// <summary>What went wrong, in one of the contract's words; null: nothing.</summary>
    public string? ErrorType { get; set; }

    /// <summary>Of streams: until the first data event; null: there was none.</summary>
    public TimeSpan? FirstToken { get; set; }

    /// <summary>Time in the gateway; null: not known.</summary>
    public TimeSpan? Overhead { get; set; }

    /// <summary>Since the request came.</summary>
    public TimeSpan Elapsed => _time.GetElapsedTime(_started);

    /// <summary>Tells it.</summary>
    public void Dispose()
    {
        Measure();
        if (_span is { IsAllDataRequested: true })
        {
            Describe(_span);
        }

        _span?.Dispose();
    }

    private static string Provider(Host? host) => host?.Options.Kind switch
    {
        HostKinds.Azure => "azure.ai.openai",
        HostKinds.Ollama => "ollama",
        _ => "openai",
    };

    private void Describe(Activity span)
    {
        span.SetTag("gen_ai.provider.name", Provider(Host));
        span.SetTag("morgan.host", Host?.Name);
        span.SetTag("morgan.attempts", Attempts);
        span.SetTag("server.address", Host?.Address.Host);
        span.SetTag("server.port", Host?.Port);
        span.SetTag("gen_ai.response.id", ResponseId);
        span.SetTag("gen_ai.response.model", ResponseModel);
        span.SetTag("gen_ai.response.finish_reasons", FinishReason is null ? null : new[] { FinishReason });
        if (Content is { } content)
        {
            span.SetTag("gen_ai.output.messages", content.Output(FinishReason));
        }

        if (Usage is { } usage)
        {
            span.SetTag("gen_ai.usage.input_tokens", usage.Input);
            span.SetTag("gen_ai.usage.output_tokens", usage.Output);
            span.SetTag("gen_ai.usage.cache_read.input_tokens", usage.Cached);
            span.SetTag("morgan.usage.estimated", usage.Estimated);
        }

        if (ErrorType is not null)
        {
            span.SetTag("error.type", ErrorType);
            span.SetStatus(ActivityStatusCode.Error);
        }
    }

    private void Measure()
    {
        var telemetry = _telemetry;
        if (!telemetry.OperationDuration.Enabled && !telemetry.RequestDuration.Enabled)
        {
            return;
        }

        var tags = new TagList
        {
            { "gen_ai.operation.name", _operation.TelemetryName },
            { "gen_ai.provider.name", Provider(Host) },
            { "gen_ai.request.model", _model },
            { "gen_ai.response.model", ResponseModel },
            { "server.address", Host?.Address.Host },
            { "server.port", Host?.Port },
        };
        MeasureTokens(tags);
        if (FirstToken is { } first)
        {
            telemetry.TimeToFirstToken.Record(first.TotalSeconds, tags);
            if (ErrorType is null && Usage is { Output: > 1 } usage)
            {
                telemetry.TimePerOutputToken.Record((Elapsed - first).TotalSeconds / (usage.Output - 1), tags);
            }
        }

        if (Overhead is { } overhead)
        {
            telemetry.Overhead.Record(overhead.TotalSeconds);
        }

        if (ErrorType is not null)
        {
            tags.Add("error.type", ErrorType);
        }

        telemetry.OperationDuration.Record(Elapsed.TotalSeconds, tags);
        telemetry.RequestDuration.Record(Elapsed.TotalSeconds, tags);
    }

    private void MeasureTokens(TagList tags)
    {
        if (Usage is not { } usage)
        {
            return;
        }

        tags.Add("morgan.usage.estimated", usage.Estimated ? True : False);
        tags.Add("gen_ai.token.type", "input");
        _telemetry.TokenUsage.Record(usage.Input, tags);
        tags[^1] = new KeyValuePair<string, object?>("gen_ai.token.type", "output");
        _telemetry.TokenUsage.Record(usage.Output, tags);
    }
}
