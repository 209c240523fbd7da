namespace Morgan.LlmService.Routing;

/// <summary>What a host has said of its models. Immutable.</summary>
/// <param name="Models">Those it lists.</param>
/// <param name="IsListed">False: it has no list (404, 405, 501) and is given any name, to answer for itself.</param>
/// <param name="Warm">The models that are loaded; null: the host does not say.</param>
internal sealed record HostModels(IReadOnlyList<ModelInfo> Models, bool IsListed, IReadOnlySet<string>? Warm)
{
    /// <summary>Whether routes made from the one would differ from routes made from the other.</summary>
    public bool RoutesLike(HostModels other) => IsListed == other.IsListed && Models.SequenceEqual(other.Models);

    /// <summary>Whether <paramref name="model"/> is loaded, as far as is known.</summary>
    public bool IsWarm(string? model) => Warm is null || model is null || Warm.Contains(model);
}
