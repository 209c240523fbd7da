using Aspire.Hosting;
using Microsoft.Extensions.Configuration;
using Morgan.AppHost.Hosts;

namespace Morgan.Tests.AppHost;

public sealed class OllamaTests
{
    [Theory]
    [InlineData(null, "http://localhost:11434")]
    [InlineData("", "http://localhost:11434")]
    [InlineData("gpu1", "http://gpu1:11434")]
    [InlineData("127.0.0.1:11500", "http://127.0.0.1:11500")]
    [InlineData("0.0.0.0", "http://localhost:11434")]
    [InlineData("https://ollama.example.com/", "https://ollama.example.com")]
    public void UrlOf_ItsOwnVariable_IsWhereItListens(string? variable, string url) => Assert.Equal(url, Ollama.UrlOf(With(variable)));

    [Theory]
    [InlineData("localhost:eleven")]
    [InlineData("ftp://localhost")]
    public void UrlOf_NoAddress_IsRefusedByName(string variable) =>
        Assert.Contains("OLLAMA_HOST", Assert.Throws<DistributedApplicationException>(() => Ollama.UrlOf(With(variable))).Message, StringComparison.Ordinal);

    private static IConfiguration With(string? variable) =>
        new ConfigurationBuilder().AddInMemoryCollection([new("OLLAMA_HOST", variable)]).Build();
}
