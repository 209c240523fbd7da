namespace Morgan.EmbeddingService.Configuration;

/// <summary>The values of <c>Device</c>.</summary>
internal static class Devices
{
    /// <summary>CUDA where the package and a device are there, else the CPU.</summary>
    public const string Auto = "auto";

    /// <summary>The CPU.</summary>
    public const string Cpu = "cpu";

    /// <summary>A CUDA device, or the model does not load.</summary>
    public const string Cuda = "cuda";
}
