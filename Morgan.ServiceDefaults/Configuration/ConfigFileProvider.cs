using System.Text.Json;
using Microsoft.Extensions.Configuration.Json;

namespace Morgan.ServiceDefaults.Configuration;

/// <summary>
/// Keeps the last version of the file that could be parsed. The framework's provider empties itself when a reload
/// fails, which would take every host away because of one missing comma.
/// </summary>
internal sealed class ConfigFileProvider(ConfigFileSource source) : JsonConfigurationProvider(source)
{
    private bool _hasVersion;

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

    private static string Describe(string? path, Exception e) =>
        $"{path}: not valid JSON: {(e.InnerException as JsonException)?.Message ?? e.Message}";
}
