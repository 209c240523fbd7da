using StackExchange.Redis;

namespace Morgan.ServiceDefaults.Redis;

/// <summary>
/// Names the keys and channels of this installation: everything that Morgan reads or writes in a store begins with
/// <see cref="RedisOptions.KeyPrefix"/>, so that installations can share one and a user can be held to one of them.
/// </summary>
/// <param name="prefix">The installation's prefix, without the colon that follows it.</param>
public sealed class RedisKeys(string prefix)
{
    private readonly string _prefix = prefix + ":";

    /// <summary>The name of a key: <c>replicas</c> becomes <c>morgan:replicas</c>.</summary>
    /// <param name="name">Its name within the installation; in braces the part that decides its slot in a Cluster.</param>
    public string Of(string name) => _prefix + name;

    /// <summary>A channel; patterns are not meant.</summary>
    /// <param name="name">Its name within the installation.</param>
    public RedisChannel ChannelOf(string name) => RedisChannel.Literal(Of(name));
}
