using System.Reflection;
using StackExchange.Redis;

namespace Morgan.Benchmarks.Limits;

/// <summary>What the limits use of a connection and of its database, over a <see cref="DistantStore"/>.</summary>
#pragma warning disable CA1852 // the proxy that is made at run time derives from it
internal class DistantConnection : DispatchProxy
#pragma warning restore CA1852
{
    private DistantStore _store = null!;

    /// <summary>A connection.</summary>
    public static IConnectionMultiplexer To(DistantStore store) => Create<IConnectionMultiplexer>(store);

    /// <inheritdoc/>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod!.Name switch
    {
        "get_" + nameof(IConnectionMultiplexer.IsConnected) => true,
        nameof(IConnectionMultiplexer.GetDatabase) => Create<IDatabase>(_store),
        nameof(IDatabase.ScriptEvaluateAsync) => _store.EvaluateAsync((string)args![0]!, (RedisKey[]?)args[1], (RedisValue[]?)args[2]),
        var name when name.StartsWith("add_", StringComparison.Ordinal) => null,
        var name => throw new NotSupportedException(name),
    };

    private static T Create<T>(DistantStore store)
        where T : class
    {
        var proxy = Create<T, DistantConnection>();
        ((DistantConnection)(object)proxy)._store = store;
        return proxy;
    }
}
