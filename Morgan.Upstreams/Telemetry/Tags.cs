namespace Morgan.Upstreams.Telemetry;

/// <summary>Attributes of metrics and spans.</summary>
internal static class Tags
{
    public const string Host = "morgan.host";
    public const string State = "morgan.host.state";
    public const string Circuit = "morgan.circuit.state";
    public const string From = "morgan.circuit.from";
    public const string To = "morgan.circuit.to";
    public const string Attempt = "morgan.attempt";
    public const string Cause = "morgan.attempt.cause";
    public const string Outcome = "morgan.attempt.outcome";
    public const string Strategy = "morgan.strategy";
    public const string WaitReason = "morgan.wait.reason";
    public const string ErrorType = "error.type";
    public const string Address = "server.address";
    public const string Port = "server.port";
    public const string StatusCode = "http.response.status_code";
}
