using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Json;

namespace Morgan.ServiceDefaults.Configuration;

/// <summary>
/// Keeps the last version of the file that could be parsed. The framework's provider empties itself when a reload
/// fails, which would take every host away because of one missing comma. And it knows what is below a key, where the
/// framework's looks at all keys of the file for each one that it is asked for: ten thousand tenants took minutes to read.
/// </summary>
internal sealed class ConfigFileProvider(ConfigFileSource source) : JsonConfigurationProvider(source)
{
    private bool _hasVersion;
    private volatile Index? _index;

    /// <summary>Told of each version that was refused, with the reason.</summary>
    public event Action<string>? Refused;

    public override void Load(Stream stream)
    {
        var before = Data;
        try
        {
            base.Load(stream);
            _hasVersion = true;
        }
        // The second: a key that is no Unicode ("\ud800").
        catch (Exception e) when (_hasVersion && e is FormatException or InvalidOperationException)
        {
            Data = before;
            Refused?.Invoke(Describe(source.Path, e));
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException)
        {
            throw new ConfigurationException(Describe(source.Path, e), e);
        }
    }

    public override IEnumerable<string> GetChildKeys(IEnumerable<string> earlierKeys, string? parentPath)
    {
        // The framework empties the data when the file is gone, without a word.
        var (data, index) = (Data, _index);
        if (index is null || index.Data != data)
        {
            _index = index = new Index(data);
        }

        List<string> keys = [.. index.Below(parentPath), .. earlierKeys];
        keys.Sort(ConfigurationKeyComparer.Instance);
        return keys;
    }

    public override void Set(string key, string? value)
    {
        base.Set(key, value);
        _index = null;
    }

    private static string Describe(string? path, Exception e) =>
        $"{path}: not valid JSON: {(e.InnerException as JsonException)?.Message ?? e.Message}";

    /// <summary>The keys below each key: "A:B:C" is below "A:B", that below "A", and that at the top.</summary>
    private sealed class Index
    {
        private readonly List<string> _top = [];
        private readonly Dictionary<string, List<string>> _below = new(StringComparer.OrdinalIgnoreCase);

        public Index(IDictionary<string, string?> data)
        {
            Data = data;
            var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            foreach (var key in data.Keys)
            {
                for (var path = key; path is not null && seen.Add(path); path = ConfigurationPath.GetParentPath(path))
                {
                    var siblings = ConfigurationPath.GetParentPath(path) is { } parent
                        ? CollectionsMarshal.GetValueRefOrAddDefault(_below, parent, out _) ??= []
                        : _top;
                    siblings.Add(ConfigurationPath.GetSectionKey(path));
                }
            }
        }

        public IDictionary<string, string?> Data { get; }

        /// <summary>What is below a key; null: what is at the top, where a key can have an empty name.</summary>
        public List<string> Below(string? path) => path is null ? _top : _below.GetValueOrDefault(path) ?? [];
    }
}
