using System.Diagnostics;
using System.Net;
using StackExchange.Redis;

namespace Morgan.EmbeddingService.Telemetry;

/// <summary>The spans of this service: one per request, and one per read of the shared cache.</summary>
internal static class EmbeddingTracing
{
    /// <summary>The source's name.</summary>
    public const string SourceName = "Morgan.EmbeddingService";

    /// <summary>The operation's name in the GenAI conventions.</summary>
    public const string Operation = "embeddings";

    /// <summary>Who makes the vectors.</summary>
    public const string Provider = "morgan";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>Starts the span of a request, <c>embeddings use-lite</c>; null where nobody listens.</summary>
    public static Activity? StartEmbeddings(string model)
    {
        if (!Source.HasListeners() || Source.StartActivity($"{Operation} {model}") is not { } activity)
        {
            return null;
        }

        activity.SetTag("gen_ai.operation.name", Operation);
        activity.SetTag("gen_ai.provider.name", Provider);
        activity.SetTag("gen_ai.request.model", model);
        return activity;
    }

    /// <summary>Starts the span of a read of the shared cache.</summary>
    public static Activity? StartMultiGet(IConnectionMultiplexer connected, int keys)
    {
        if (!Source.HasListeners() || Source.StartActivity("MGET", ActivityKind.Client) is not { } activity)
        {
            return null;
        }

        activity.SetTag("db.system.name", "redis");
        activity.SetTag("db.operation.name", "MGET");
        activity.SetTag("db.operation.batch.size", keys);
        switch (connected.GetEndPoints() is [var first, ..] ? first : null)
        {
            case DnsEndPoint dns:
                activity.SetTag("server.address", dns.Host);
                activity.SetTag("server.port", dns.Port);
                break;
            case IPEndPoint ip:
                activity.SetTag("server.address", ip.Address.ToString());
                activity.SetTag("server.port", ip.Port);
                break;
            default:
                break;
        }

        return activity;
    }
}
