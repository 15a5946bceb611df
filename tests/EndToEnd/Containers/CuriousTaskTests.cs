using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Fogbank.Tests.EndToEnd.Harness;
using Xunit;

namespace Fogbank.Tests.EndToEnd.Containers;

/// <summary>Tasks that look where they have no business, and try to get out. Root inside, as images are.</summary>
public sealed class CuriousTaskTests(ContainerRegion region) : ContainerTest(region)
{
    [Fact]
    public async Task The_kernel_refuses_every_attempt()
    {
        var ended = await RunAsync(Plays("attack"));
        ended.IsFine();
        var results = ended.Lines.Select(line => line.Split(": ")).ToDictionary(pair => pair[0], pair => pair[1]);
        // What root of a container may do within it, as everywhere: Docker's capabilities, on its own files, network and processes.
        foreach (var own in (string[])["chroot", "setuid-root", "kill-init", "ptrace", "raw-socket", "packet-socket", "personality-ok"])
        {
            Assert.True(results.Remove(own, out var result) && result == "ok", $"{own}: {result}");
        }

        Assert.True(results.Remove("mknod", out var elsewhere) && elsewhere == "ENOENT"); // it has changed its root by then
        Assert.True(results.Remove("alg-socket")); // no one's but the kernel's, where it has it
        Assert.True(results.Remove("clone3", out var fallsBack) && fallsBack == "ENOSYS");
        Assert.True(results.Count >= 22);
        Assert.All(results, result => Assert.True(result.Value == "EPERM", ended.ToString()));
    }

    [Fact]
    public async Task Settings_of_the_kernel_cannot_be_written()
    {
        var ended = await RunAsync(Shell(
            "for f in /proc/sys/kernel/core_pattern /proc/sys/kernel/hostname /proc/sys/vm/overcommit_memory /proc/sys/kernel/modprobe /proc/sysrq-trigger /proc/irq/default_smp_affinity /sys/kernel/uevent_helper " +
            "/sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/cgroup.procs /sys/fs/cgroup/memory/release_agent; do (echo 1 > $f) 2>/dev/null && echo \"wrote $f\"; done; " +
            "mount -t tmpfs none /mnt 2>/dev/null && echo mounted; mount -o remount,rw /sys 2>/dev/null && echo remounted; umount /proc/kcore 2>/dev/null && echo unmounted; " +
            "for d in 'b 7 0' 'b 8 0' 'b 254 0' 'c 1 1' 'c 10 237' 'c 10 229'; do mknod /node $d; (head -c 1 /node > /out) 2>/dev/null && echo \"opened $d\"; rm /node; done; echo end"));
        ended.IsFine();
        Assert.True(ended.Lines is ["end"], ended.ToString());
    }

    [Fact]
    public async Task Nothing_of_the_host_is_to_be_seen()
    {
        var secret = Path.Combine((await Region.RegionAsync()).DataDirectory, "run");
        var ended = await RunAsync(Shell(
            $"for f in /etc/shadow {secret} /proc/1/root{secret} /proc/self/root/../../..{secret} /work /var/lib/dpkg /run/docker.sock /dev/loop0 /dev/loop-control /dev/mem /dev/kmsg /dev/fuse; do test -e $f && echo \"sees $f\"; done; " +
            $"cat /proc/[0-9]*/environ | tr '\\0' '\\n' | grep -c {ContainerRegion.HostSecret}; ls -d /proc/[0-9]* | wc -l; " +
            "for f in /proc/kcore /proc/keys /proc/timer_list /proc/sched_debug /sys/firmware/acpi; do test -s $f && head -c 1 $f | grep -q . && echo \"reads $f\"; done; ip -o link | wc -l; id -u; grep -E 'CapEff|Seccomp:' /proc/self/status"));
        ended.IsFine();
        Assert.Equal("0", ended.Lines[0]);
        Assert.InRange(int.Parse(ended.Lines[1], CultureInfo.InvariantCulture), 1, 4);
        Assert.Equal(["2", "0", "CapEff:\t00000000a80425fb", "Seccomp:\t2"], ended.Lines.Skip(2));
    }

    [Fact]
    public async Task Of_the_host_no_listener_is_in_reach()
    {
        var host = NetworkInterface.GetAllNetworkInterfaces().SelectMany(device => device.GetIPProperties().UnicastAddresses)
            .Select(address => address.Address).Where(address => address.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(address)).Take(3);
        using var listener = new TcpListener(IPAddress.Any, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var ended = await RunAsync(Shell(
            $"gateway=$(ip route | grep default | cut -d' ' -f3); for a in 127.0.0.1 $gateway {string.Join(' ', host)} 169.254.170.2; do timeout 1 nc $a {port} < /dev/null > /dev/null 2>&1 && echo \"reached $a\"; done; echo \"tried $gateway\""));
        ended.IsFine();
        Assert.StartsWith("tried 172.31.", Assert.Single(ended.Lines), StringComparison.Ordinal);
        Assert.False(listener.Pending());
    }

    [Fact]
    public async Task Metadata_and_credentials_of_another_task_are_not_there()
    {
        var victim = await StartAsync(Shell("echo \"URI $ECS_CONTAINER_METADATA_URI_V4\"; sleep 1000"));
        var uri = (await victim.SaysAsync("URI "))["URI ".Length..];
        var ended = await RunAsync(Shell(
            $"wget -q -O - $ECS_CONTAINER_METADATA_URI_V4/task | grep -c TaskARN; for u in {uri} {uri}/task {uri}/stats http://169.254.170.2/v2/credentials/{victim.Id} http://169.254.170.2/v3/{victim.Id}; do wget -q -O - $u 2>/dev/null && echo \"read $u\"; done; echo end"));
        await victim.StopAsync();
        await victim.UntilAsync("STOPPED");
        ended.IsFine();
        Assert.DoesNotContain(ended.Lines, line => line.Contains("read ", StringComparison.Ordinal) || line.Contains(victim.Id, StringComparison.Ordinal));
        Assert.Equal(["1", "end"], ended.Lines);
    }

    [Fact]
    public async Task Tasks_of_one_VPC_reach_each_other_and_those_of_another_account_do_not()
    {
        var other = new Identity("200000000002");
        await Region.FurnishAsync(other);
        var server = await StartAsync(Shell("mkdir /www; echo mine > /www/index.html; echo up; exec httpd -f -p 8080 -h /www"));
        await server.SaysAsync("up");
        var address = (await server.DescribeAsync())["attachments"]![0]!["details"]!.AsArray()
            .First(detail => detail!["name"]!.GetValue<string>() == "privateIPv4Address")!["value"]!.GetValue<string>();
        var script = $"for i in 1 2 3; do timeout 1 wget -q -O - http://{address}:8080/ && break; usleep 100000; done; echo end";
        var neighbour = await RunAsync(Shell(script));
        var stranger = await (await StartAsync(Shell(script), other)).EndAsync();
        await server.StopAsync();
        await server.UntilAsync("STOPPED");
        Assert.Equal(["mine", "end"], neighbour.Lines);
        Assert.Equal(["end"], stranger.Lines.Where(line => line != "Terminated"));
    }
}
