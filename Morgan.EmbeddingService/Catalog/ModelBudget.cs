using Morgan.EmbeddingService.Catalog.Layouts;
using Morgan.ServiceDefaults.Configuration;

namespace Morgan.EmbeddingService.Catalog;

/// <summary>Keeps all loaded models together within <c>Embedding:MaxModelBytes</c>: the ones idle longest make room.</summary>
internal sealed class ModelBudget
{
    /// <summary>A session takes its weights, packed copies of some of them, and memory for its runs.</summary>
    private const double BytesPerFileByte = 1.5;

    private const double ShareOfMemory = 0.75;

    private readonly Lock _gate = new();
    private readonly Dictionary<ModelEntry, long> _taken = [];
    private long _max = long.MaxValue;
    private string _default = "";

    /// <summary>The bytes that a model is counted with.</summary>
    public static long BytesOf(ModelPlan plan) => (long)(BytesPerFileByte * plan.GraphFiles.Sum(file => new FileInfo(file).Length));

    /// <summary>Takes over the configured limit; 0: three quarters of the memory that the process may use.</summary>
    public void Apply(long maxBytes, string defaultModel)
    {
        lock (_gate)
        {
            _max = maxBytes > 0 ? maxBytes : (long)(ShareOfMemory * GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
            _default = defaultModel;
        }
    }

    /// <summary>Sets bytes aside for a model, unloading others if need be; never the default one.</summary>
    /// <exception cref="ConfigurationException">There is no room.</exception>
    public void MakeRoom(ModelEntry entry, long bytes)
    {
        while (true)
        {
            ModelEntry? idlest;
            lock (_gate)
            {
                if (_taken.Values.Sum() + bytes <= _max)
                {
                    _taken[entry] = bytes;
                    return;
                }

                idlest = _taken.Keys.Where(other => other.Loaded is not null && other.Name != _default).MaxBy(other => other.IdleFor);
            }

            if (idlest is null)
            {
                throw new ConfigurationException(
                    $"Embedding:MaxModelBytes: the model '{entry.Name}' needs about {bytes} bytes, and of {_max} there are {_max - TakenBytes} left");
            }

            idlest.Unload();
        }
    }

    /// <summary>Gives back a model's bytes.</summary>
    public void Return(ModelEntry entry)
    {
        lock (_gate)
        {
            _taken.Remove(entry);
        }
    }

    private long TakenBytes
    {
        get
        {
            lock (_gate)
            {
                return _taken.Values.Sum();
            }
        }
    }
}
