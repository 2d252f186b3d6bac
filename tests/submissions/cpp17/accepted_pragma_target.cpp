// expect: Accepted
// expected: 72 8 240 x\n
#pragma GCC optimize("O3,unroll-loops")
#pragma GCC target("avx2,bmi,bmi2,lzcnt,popcnt,fma")
#include <bits/stdc++.h>
#include <immintrin.h>

// How many contest solutions begin; some compilers do not get past the headers then.
int main() {
    alignas(32) int numbers[8];
    std::iota(numbers, numbers + 8, 1);
    __m256i all = _mm256_load_si256(reinterpret_cast<__m256i *>(numbers));
    _mm256_store_si256(reinterpret_cast<__m256i *>(numbers), _mm256_add_epi32(all, all));
    std::map<std::string, std::vector<int>> kept{{"x", {1}}};
    std::cout << std::accumulate(numbers, numbers + 8, 0) << ' ' << std::bitset<64>(0xff).count() << ' '
              << _pext_u32(0xf0f0, 0xff00) << ' ' << kept.begin()->first << '\n';
}
