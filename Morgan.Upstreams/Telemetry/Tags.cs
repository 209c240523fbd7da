namespace Morgan.Upstreams.Telemetry;

/// <summary>Attributes of metrics and spans, by Morgan's own names and those of OpenTelemetry's conventions.</summary>
public static class Tags
{
    /// <summary>The host's name.</summary>
    public const string Host = "morgan.host";

    /// <summary>Its health: healthy, degraded, unhealthy or unknown.</summary>
    public const string State = "morgan.host.state";

    /// <summary>Its circuit: closed, open or half-open.</summary>
    public const string Circuit = "morgan.circuit.state";

    /// <summary>The state that a circuit leaves.</summary>
    public const string From = "morgan.circuit.from";

    /// <summary>The state that a circuit goes to.</summary>
    public const string To = "morgan.circuit.to";

    /// <summary>The number of an attempt, 1 for a request's first.</summary>
    public const string Attempt = "morgan.attempt";

    /// <summary>Why there is an attempt: first, failover, retry or hedge.</summary>
    public const string Cause = "morgan.attempt.cause";

    /// <summary>What an attempt came to.</summary>
    public const string Outcome = "morgan.attempt.outcome";

    /// <summary>How its host was picked.</summary>
    public const string Strategy = "morgan.strategy";

    /// <summary>What a request waits for.</summary>
    public const string WaitReason = "morgan.wait.reason";

    /// <summary>The status or the reason of a failure.</summary>
    public const string ErrorType = "error.type";

    /// <summary>The host's address.</summary>
    public const string Address = "server.address";

    /// <summary>The host's port.</summary>
    public const string Port = "server.port";

    /// <summary>The method of the request to the host.</summary>
    public const string Method = "http.request.method";

    /// <summary>Where that goes, without its query.</summary>
    public const string Url = "url.full";

    /// <summary>The status of the host's answer.</summary>
    public const string StatusCode = "http.response.status_code";

    /// <summary>The activity source and meter that they are found on.</summary>
    public const string Source = "Morgan.Upstreams";
}
