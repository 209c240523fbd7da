using Microsoft.Extensions.Time.Testing;
using Morgan.Upstreams.Connections;

namespace Morgan.Tests.Upstreams.Connections;

public sealed class ClientCertificateTests
{
    [Fact]
    public void File_Replaced_IsReadAgainAndABrokenOneIsNot()
    {
        using var one = new TestCertificates();
        using var two = new TestCertificates();
        var time = new FakeTimeProvider();
        var certificate = new ClientCertificate(one.ClientPemFile, time);
        var first = certificate.Current.Thumbprint;

        File.WriteAllText(one.ClientPemFile, "-----BEGIN half of it");
        Touch(1);
        var whileBroken = certificate.Current.Thumbprint;
        File.Copy(two.ClientPemFile, one.ClientPemFile, overwrite: true);
        Touch(2);

        Assert.Equal(first, whileBroken);
        Assert.Equal(two.Client.Thumbprint, certificate.Current.Thumbprint);

        void Touch(int minutes)
        {
            File.SetLastWriteTimeUtc(one.ClientPemFile, DateTime.UtcNow.AddMinutes(minutes));
            time.Advance(TimeSpan.FromSeconds(10));
        }
    }
}
