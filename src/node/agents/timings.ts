/**
 * How long things take, as quantile tables in whole microseconds (median / 99th percentile in each comment).
 * Suggested figures of a small healthy cluster on one rack; where one was measured it says so.
 * Each table is a log-normal distribution worked out beforehand: sigma = ln(p99 / median) / 2.3263, quantiles at every
 * 5 %, and both ends set so that linear interpolation meets the 1st and the 99th percentile exactly; it has no further tail.
 */
import type { QuantileTable } from "../../base/quantile";
import { quantile } from "../../base/quantile";
import type { Micros } from "../../engine/time";
import { micros, millis, seconds } from "../../engine/time";
import type { KernelCosts } from "../kernel/api";

/** What takes a drawn time. */
export type Delay =
  | "etcdCommit"
  | "apiServer"
  | "watch"
  | "informer"
  | "scheduler"
  | "sandbox"
  | "cni"
  | "containerStart"
  | "status"
  | "proxySync"
  | "pleg";

/** The table of each delay. */
export const DELAYS: Readonly<Record<Delay, QuantileTable>> = {
  /** etcd's commit of one write: 3 / 12 ms. */
  etcdCommit: [
    656, 1_126, 1_398, 1_618, 1_817, 2_007, 2_195, 2_385, 2_580, 2_784, 3_000, 3_233, 3_489, 3_774, 4_100, 4_484, 4_954, 5_564, 6_439,
    7_995, 13_001,
  ],
  /** The API server's own work on one request: 2 / 10 ms. */
  apiServer: [
    340, 641, 824, 976, 1_117, 1_254, 1_391, 1_532, 1_678, 1_833, 2_000, 2_182, 2_383, 2_611, 2_875, 3_189, 3_580, 4_097, 4_854, 6_241,
    10_940,
  ],
  /** From the write to a watcher that has it: 3 / 20 ms. */
  watch: [
    366, 784, 1_055, 1_288, 1_510, 1_731, 1_956, 2_191, 2_440, 2_708, 3_000, 3_324, 3_688, 4_108, 4_601, 5_200, 5_959, 6_985, 8_531, 11_473,
    22_132,
  ],
  /** From a watcher's cache to the worker that takes the key up: 1 / 5 ms. */
  informer: [170, 320, 412, 488, 559, 627, 696, 766, 839, 917, 1_000, 1_091, 1_192, 1_305, 1_437, 1_595, 1_790, 2_048, 2_427, 3_120, 5_470],
  /** One scheduling cycle: 10 / 27 ms (measured, kubernetes issue 56053). */
  scheduler: [
    3_391, 4_955, 5_786, 6_424, 6_981, 7_498, 7_994, 8_483, 8_975, 9_478, 10_000, 10_551, 11_142, 11_788, 12_509, 13_337, 14_324, 15_566,
    17_284, 20_184, 28_704,
  ],
  /** RunPodSandbox without CNI: 190 / 600 ms, so that with CNI it is about 250 / 900 ms. */
  sandbox: [
    54_142, 84_266, 100_842, 113_831, 125_338, 136_132, 146_616, 157_050, 167_636, 178_557, 190_000, 202_176, 215_347, 229_864, 246_222,
    265_183, 288_021, 317_136, 357_985, 428_405, 642_899,
  ],
  /** CNI ADD of bridge and host-local: 60 / 300 ms. */
  cni: [
    10_193, 19_228, 24_723, 29_292, 33_518, 37_627, 41_744, 45_960, 50_354, 55_004, 60_000, 65_450, 71_494, 78_329, 86_241, 95_677, 107_405,
    122_901, 145_614, 187_224, 328_194,
  ],
  /** Creating and starting a container whose image is there: 120 / 600 ms. */
  containerStart: [
    20_386, 38_457, 49_446, 58_584, 67_036, 75_253, 83_487, 91_920, 100_707, 110_008, 120_000, 130_899, 142_989, 156_658, 172_481, 191_354,
    214_809, 245_802, 291_228, 374_447, 656_388,
  ],
  /** A kubelet's status PATCH: 5 / 30 ms. */
  status: [
    690, 1_409, 1_863, 2_251, 2_615, 2_974, 3_339, 3_716, 4_114, 4_539, 5_000, 5_508, 6_077, 6_728, 7_488, 8_406, 9_561, 11_108, 13_417,
    17_749, 33_063,
  ],
  /** One sync of kube-proxy in a small cluster: 20 / 150 ms. */
  proxySync: [
    2_130, 4_812, 6_591, 8_150, 9_648, 11_151, 12_699, 14_325, 16_060, 17_938, 20_000, 22_300, 24_907, 27_923, 31_498, 35_871, 41_458,
    49_078, 60_686, 83_128, 166_718,
  ],
  /** Until the kubelet's next look at its containers: even over one second. Source: pkg/kubelet/kubelet.go genericPlegRelistPeriod. */
  pleg: [0, 1_000_000],
};

/** One delay by its 32-bit draw. */
export function delayOf(delay: Delay, bits: number): Micros {
  return micros(quantile(DELAYS[delay], bits));
}

/** Times of the kernel and the wire: 5 µs a hop, 5 µs to encapsulate, 100 µs one way between two nodes in a rack. */
export const KERNEL_COSTS: KernelCosts = { hop: micros(5), vxlan: micros(5), wire: micros(100) };

/** Times that are settings and not chance. */
export const FIXED_TIMES = {
  /** kube-proxy's least gap between two syncs. Source: pkg/proxy/apis/config/v1alpha1/defaults.go. */
  proxyMinSync: seconds(1),
  /** From the end of the process to the end of its network namespace. */
  namespaceGone: millis(500),
  /** Grace of a Pod that names none. Source: pkg/apis/core/v1/defaults.go. */
  defaultGrace: seconds(30),
  /** Grace that StopContainer is given at least. Source: pkg/kubelet/kuberuntime. */
  leastGrace: seconds(2),
  /** First retry of the EndpointSlice controller. Source: endpointslice_controller.go. */
  endpointSliceRetry: seconds(1),
  /** First retry of other work queues. Source: client-go util/workqueue/default_rate_limiters.go. */
  retry: millis(5),
  /** How long a client waits for a connection. */
  connectTimeout: seconds(5),
} as const;
