namespace Morgan.CacheServer;

/// <summary>The cache can't start for a reason that the user can mend; the message names the key.</summary>
internal sealed class StartException(string message, Exception? inner = null) : Exception(message, inner);
