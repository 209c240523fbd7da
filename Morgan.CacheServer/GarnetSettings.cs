using System.Globalization;
using System.Net;
using System.Numerics;
using Garnet.server;
using Garnet.server.Auth.Settings;
using Tsavorite.core;

namespace Morgan.CacheServer;

/// <summary>Turns the few options of the cache into Garnet's many.</summary>
internal static class GarnetSettings
{
    private const long MiB = 1L << 20;

    private static readonly TimeSpan LongestScript = TimeSpan.FromSeconds(2);

    /// <summary>Settings of a server that lives in bounded memory and never writes to disk.</summary>
    public static GarnetServerOptions From(CacheOptions options)
    {
        // The index takes its size twice over: a 64-byte bucket per 7 keys, and room for buckets that overflow.
        long index = PowerOfTwo(options.MaxMemoryBytes / 16);
        long page = Math.Clamp(PowerOfTwo(options.MaxMemoryBytes / 32), MiB, 16 * MiB);
        return new GarnetServerOptions
        {
            EndPoints = [new IPEndPoint(options.Address, options.Port)],
            AuthSettings = options.Password is { } password ? new PasswordAuthenticationSettings(password) : null,

            // One database, because each has a memory bound of its own.
            MaxDatabases = 1,
            IndexMemorySize = Bytes(index),
            LogMemorySize = Bytes(options.MaxMemoryBytes - (2 * index)),
            PageSize = Bytes(page),

            // A value in a page is evicted with it; one on the heap would only be once its pointer's page is.
            MaxInlineValueSize = Bytes((page / 2) - 64),

            // The garbage collector would keep evicted pages: 600 MiB resident for a bound of 256 MiB, 370 this way.
            UseNativeAllocator = true,
            BufferPoolMemoryBudget = Bytes(16 * MiB),
            NetworkBufferMemoryBudget = Bytes(64 * MiB),
            NetworkBufferPoolSize = Bytes(16 * MiB),

            // Garnet evicts in the order of writing. Copying what is read from the older half to the tail makes it evict what is unused.
            MutablePercent = 50,
            CopyReadsToTail = true,

            // Without the second, scripts are not atomic.
            EnableLua = true,
            LuaTransactionMode = true,
            LuaOptions = new LuaOptions(LuaMemoryManagementMode.Managed, Bytes(16 * MiB), LongestScript, LuaLoggingMode.Disable, []),

            // Nothing on disk: neither evicted entries nor what SAVE and BGSAVE write.
            EnableStorageTier = false,
            DeviceFactoryCreator = new NullNamedDeviceFactoryCreator(),
            QuietMode = true,
        };
    }

    private static long PowerOfTwo(long atMost) => 1L << BitOperations.Log2((ulong)atMost);

    private static string Bytes(long count) => count.ToString(CultureInfo.InvariantCulture);
}
