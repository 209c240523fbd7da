namespace Morgan.AppHost;

/// <summary>Values of <c>Morgan:Cache</c>.</summary>
internal enum CacheKind
{
    /// <summary>A container where a healthy container runtime is found, else embedded.</summary>
    Auto,

    /// <summary>Redis in a container.</summary>
    Container,

    /// <summary>Garnet in a process of its own.</summary>
    Embedded,

    /// <summary>The Redis that <c>ConnectionStrings:cache</c> names.</summary>
    External,
}
